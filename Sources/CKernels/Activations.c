#include "Activations.h"
