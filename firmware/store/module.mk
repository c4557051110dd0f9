store_SRC := choose.c history.c id.c install.c job.c link.c policy.c proof.c receipt.c scrub.c \
             seal.c select.c stage.c store.c
