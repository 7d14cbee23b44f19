"""What tests share: readers, bots in the test's process or their own, servers, databases."""
