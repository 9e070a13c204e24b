#include "vector.h"
void ICL_TIER(depthwise)(IclDepthwiseKernels *table) {}
