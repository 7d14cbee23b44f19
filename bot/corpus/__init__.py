"""Articles, reactions and aliases: what there is to answer from."""
