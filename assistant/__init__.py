"""Answers out: plan, retrieve, compute, compose, cite and verify."""
