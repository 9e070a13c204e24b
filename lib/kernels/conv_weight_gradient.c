#include "vector.h"
void ICL_TIER(conv_weight_gradient)(IclConvKernels *table) {}
