"""The claims of the article: what decides each, the rule, the runs, and the answer with its conditions."""
