// Settings of the C library's allocator, which Swift does not import.
#ifndef REEL_ALLOCATOR_H
#define REEL_ALLOCATOR_H

/// The most arenas that threads take memory from, 1 or more. Call it before there are threads.
void reel_limit_arenas(int count);
#endif
