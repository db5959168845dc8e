"""What people and programs hand in: answers given as text, and the JSON Schema of facts."""
