"""What pyproject.toml cannot say: the code's packages by a rule, and the data beside them."""

from setuptools import find_packages, setup

CODE = find_packages(include=["assistant*", "ingest*"])

setup(packages=[*CODE, "jiwen_data", "jiwen_prompts"])
