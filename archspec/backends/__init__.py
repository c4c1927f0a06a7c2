"""One folder a target. Each reads the checked graph and nothing before it, and none knows another."""
