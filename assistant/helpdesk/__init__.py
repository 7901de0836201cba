"""Questions about the program, about scoring rules and about what the library holds (帮助台)."""
