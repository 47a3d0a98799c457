"""Tracking servers: what each check and each new golden is logged as; one file for each library that logs."""
