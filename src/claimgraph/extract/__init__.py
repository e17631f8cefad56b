"""Raw reports to claims documents: cutting, the lexicon, the rules, and the protocol that other extractors follow."""
