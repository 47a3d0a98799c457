"""How many planted behaviour changes does a guard notice?"""
