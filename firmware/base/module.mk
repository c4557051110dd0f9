base_SRC := arena.c buf.c clock.c date.c err.c file.c ini.c json.c log.c slice.c $(if $(filter plant,$(cfg)),plant.c)
