ui_SRC := emit.c find.c scroll.c theme.c touch.c ui.c widgets.c
