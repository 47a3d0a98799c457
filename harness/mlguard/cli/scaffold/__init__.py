"""What `mlguard init` writes into a project: the plan of it, and the templates beside this file."""
