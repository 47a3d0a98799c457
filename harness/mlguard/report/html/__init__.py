"""The page of a run: one file of HTML that loads nothing; all pictures are drawn here, as SVG."""
