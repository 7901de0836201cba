"""What is measured, each file a program (`python benchmarks/NAME.py --help`) but `copies`."""
