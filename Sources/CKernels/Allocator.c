#include "Allocator.h"
#include <malloc.h>

void reel_limit_arenas(int count) { mallopt(M_ARENA_MAX, count); }
