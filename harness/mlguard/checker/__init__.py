"""Guard -> Verdict: run, load the golden, compare, look for the cause, leave what was seen pending."""
