# MobileNetV2, Sandler et al. 2018, "Inverted residuals and linear bottlenecks", table 2, with
# PyTorch's padding and epsilon; `width` scales the number of filters (the paper's width
# multiplier).
# 3,504,872 trained weights and 300,774,272 multiply-adds at 1000 classes.
var width = 1
input 224 224 3
def unit(f, k=1, s=1) = conv2d $f $k stride=$s padding=($k/2) bias=no ! batchnorm epsilon=1e-5
def depth(k, s) = depthwise_conv2d $k stride=$s padding=($k/2) bias=no ! batchnorm epsilon=1e-5
def block(f, s, t=6) = unit ($t*$in) ! relu6 ! depth 3 $s ! relu6 ! unit round8($width*$f)
def same(f) = add( block $f 1 | )

unit round8(32*$width) 3 2 ! relu6
  ! depth 3 1 ! relu6 ! unit round8(16*$width)      # the first block does not expand
  ! block 24 2  ! same 24
  ! block 32 2  ! 2*same 32
  ! block 64 2  ! 3*same 64
  ! block 96 1  ! 2*same 96
  ! block 160 2 ! 2*same 160
  ! block 320 1
  ! unit 1280 ! relu6 ! globalpool ! dropout 0.2 ! dense $classes
