#include "vector.h"
void ICL_TIER(conv)(IclConvKernels *table) {}
