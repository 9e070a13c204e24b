#include "vector.h"
void ICL_TIER(optimizer)(IclOptimizerKernels *table) {}
