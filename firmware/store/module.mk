store_SRC := box.c box_ask.c box_child.c box_lock.c choose.c filter.c head.c history.c id.c install.c job.c \
             job_read.c link.c policy.c proof.c receipt.c roots.c scrub.c seal.c select.c \
             stage.c store.c time_floor.c
