"""What words of forms mean (语义): a head, label or block's name → probabilities of roles."""
