/* What a page costs at least with SDL 2 and SDL_ttf, for comparison with the kiosk's start: one
 * window as large as the display, one font, 300 glyphs, one present, no database and no layout.
 *   peer_sdl FONT
 * It gets the hint that saves most: no renderer behind the window's surface. */
#include <SDL.h>
#include <SDL_ttf.h>

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define LINES 10
#define LINE_GLYPHS 30
#define FIRST 0x4E00u

/* Thirty characters of three UTF-8 bytes each, other ones in every line. */
static void line_make(unsigned line, char ret_text[LINE_GLYPHS * 3 + 1])
{
    char *p = ret_text;
    for (unsigned i = 0; i < LINE_GLYPHS; i++) {
        unsigned cp = FIRST + (line * LINE_GLYPHS + i) * 7;
        *p++ = (char)(0xE0 | cp >> 12);
        *p++ = (char)(0x80 | (cp >> 6 & 0x3F));
        *p++ = (char)(0x80 | (cp & 0x3F));
    }
    *p = '\0';
}

static int page_draw(SDL_Window *window, TTF_Font *font)
{
    const SDL_Color ink = {0x22, 0x22, 0x22, 0xFF};
    SDL_Surface *page = SDL_GetWindowSurface(window);
    if (page == NULL || SDL_FillRect(page, NULL, SDL_MapRGB(page->format, 250, 248, 243)) != 0) {
        return -1;
    }
    for (unsigned i = 0; i < LINES; i++) {
        char text[LINE_GLYPHS * 3 + 1];
        line_make(i, text);
        SDL_Surface *line = TTF_RenderUTF8_Blended(font, text, ink);
        SDL_Rect at = {40, 80 + (int)i * 64, 0, 0};
        if (line == NULL || SDL_BlitSurface(line, NULL, page, &at) != 0) {
            return -1;
        }
        SDL_FreeSurface(line);
    }
    return SDL_UpdateWindowSurface(window);
}

int main(int argc, char **argv)
{
    SDL_Rect size;
    SDL_SetHint(SDL_HINT_FRAMEBUFFER_ACCELERATION, "0");
    SDL_SetHint(SDL_HINT_NO_SIGNAL_HANDLERS, "1");
    if (argc != 2 || SDL_Init(SDL_INIT_VIDEO) != 0 || TTF_Init() != 0 ||
        SDL_GetDisplayBounds(0, &size) != 0) {
        (void)fprintf(stderr, "peer_sdl：%s\n", SDL_GetError());
        return 1;
    }
    SDL_Window *window =
        SDL_CreateWindow("peer", size.x, size.y, size.w, size.h, SDL_WINDOW_BORDERLESS);
    TTF_Font *font = TTF_OpenFont(argv[1], 32);
    if (window == NULL || font == NULL || page_draw(window, font) != 0) {
        (void)fprintf(stderr, "peer_sdl：%s\n", SDL_GetError());
        return 1;
    }
    for (;;) {
        (void)pause();
    }
}
