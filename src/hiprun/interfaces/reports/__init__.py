"""What the commands find, in the formats that editors, code hosts and build servers read."""
