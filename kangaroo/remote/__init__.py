"""What others keep: clients of servers that are not ours, each behind a contract core knows."""
