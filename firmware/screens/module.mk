screens_SRC := about.c attract.c catalogue.c catalogue_filter.c catalogue_rail.c chapters.c chrome.c contact.c corrections.c find.c guide.c heights.c home.c input_panel.c item.c keyboard.c notices.c panels.c \
    parts.c query.c reader.c reader_emit.c reader_find.c reader_flow.c reader_grid.c reader_layout.c \
    reader_pages.c reader_picture.c reader_table.c \
    reports.c reports_load.c search.c search_scope.c staff.c staff_checks.c staff_menu.c staff_names.c staff_packages.c staff_parts.c staff_pin.c staff_records.c staff_update.c stay.c succession.c take.c terminal.c words.c
