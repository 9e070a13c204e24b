#include "tiers.h"
void icl_depthwise_reference(IclDepthwiseKernels *table) {}
