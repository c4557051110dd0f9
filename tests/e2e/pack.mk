# make e2e-pack: the office's way from an empty folder to a verified package.
.PHONY: e2e-pack
e2e-pack: $(O)/gongkai-pack
	@tests/e2e/pack.sh $(O)/gongkai-pack assets/demo
