package_SRC := fields.c frame.c hash.c header.c listing.c manifest.c minisign.c package.c reject.c root.c secret.c settings.c table.c terminal_key.c trust.c
