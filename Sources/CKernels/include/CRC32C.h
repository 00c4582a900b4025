#ifndef REEL_CRC32C_H
#define REEL_CRC32C_H
#include <stddef.h>
#include <stdint.h>
#endif
