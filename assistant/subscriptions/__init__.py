"""Subscriptions: what changes in a chosen part of the library is told, here or outside."""
