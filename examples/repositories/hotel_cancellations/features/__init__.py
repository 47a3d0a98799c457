from features import booking, encoded
