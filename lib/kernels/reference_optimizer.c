#include "tiers.h"
void icl_optimizer_reference(IclOptimizerKernels *table) {}
