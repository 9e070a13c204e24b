#include "vector.h"
void ICL_TIER(element)(IclElementKernels *table) {}
