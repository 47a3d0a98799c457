"""Processes in which guarded code runs: fixed environment, own group, time limit; knows nothing about Guards."""
