"""What pytest's hooks need: guards as items, one run per guard and session, and the fixture for ordinary tests."""
