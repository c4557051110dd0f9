input_SRC := feature.c handwriting.c ink.c
