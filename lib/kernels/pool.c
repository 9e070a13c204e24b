#include "vector.h"
void ICL_TIER(pool)(IclPoolKernels *table) {}
