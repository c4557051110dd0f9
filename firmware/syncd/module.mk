PROGRAMS += gongkai-syncd
gongkai-syncd_DIR := firmware/syncd
gongkai-syncd_SRC := config.c counters.c daemon.c drop.c duties.c export.c export_child.c fetch.c fetch_child.c fetch_confine.c fetch_range.c heal.c heal_kept.c https.c https_head.c https_job.c https_look.c https_source.c https_wait.c https_window.c keys_in.c keys_in_drop.c keys_in_duty.c keys_in_files.c keys_in_folder.c main.c pin.c post.c post_form.c post_receipts.c post_reply.c preview.c requests.c serve.c settings_in.c status.c status_duty.c stick.c stick_child.c stick_list.c stick_listing.c stick_read.c stick_tell.c stick_watch.c tell.c tidy.c transfer.c transfer_end.c transfer_missed.c
gongkai-syncd_LAYER := syncd
