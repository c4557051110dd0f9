# The layers and who may include whom: one line a layer, lowest first. The Makefile links by it and
# tools/check_layers holds every #include against it.
#   layer_X    the layers that X may include (itself is always allowed)
#   pkgs_X     pkg-config names that X is compiled and linked with; no other layer may use their headers
LAYERS := base edition package store text draw ui input screens

layer_base    :=
layer_edition := base
layer_package := base
layer_store   := base package edition
layer_text    := base
layer_draw    := base text
layer_ui      := base text draw
layer_input   := base
layer_screens := base text draw ui input edition
layer_kiosk   := base text draw ui input screens edition store
layer_syncd   := base package store edition
layer_pack    := base package edition
layer_ctl     := base package store edition

pkgs_base    :=
pkgs_edition := sqlite3
pkgs_package := libsodium libzstd
pkgs_store   := libseccomp
pkgs_text    := freetype2 harfbuzz
pkgs_draw    := libpng libqrencode libturbojpeg
pkgs_ui      :=
pkgs_input   := rime
pkgs_screens :=
pkgs_kiosk   := sdl2 libdrm
pkgs_syncd   := libcurl libseccomp
pkgs_pack    := sqlite3 libsodium libzstd libpng libturbojpeg
pkgs_ctl     :=

# Header prefixes that belong to those packages (for tools/check_layers).
headers_sqlite3   := sqlite3.h
headers_libseccomp := seccomp.h
headers_libsodium := sodium.h
headers_libzstd   := zstd.h
headers_freetype2 := ft2build.h freetype/
headers_harfbuzz  := hb.h hb-
headers_libpng    := png.h
headers_libqrencode := qrencode.h
headers_libturbojpeg := turbojpeg.h
headers_sdl2      := SDL.h SDL_
headers_libdrm    := xf86drm drm/
headers_rime      := rime_api.h
headers_libcurl   := curl/
