#include "vector.h"
void ICL_TIER(batchnorm)(IclBatchnormKernels *table) {}
