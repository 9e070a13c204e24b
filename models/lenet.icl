# LeNet-5, LeCun et al. 1998, "Gradient-based learning applied to document recognition", figure 2,
# with today's usual simplifications: every map of the second convolution sees all maps before it,
# pooling has no weights, plain tanh, and dense logits in place of radial basis functions. The
# paper's 32x32 input is 28x28 with a border of 2.
# 61,706 trained weights at 10 classes.
var size = 28
var channels = 1
input $size $size $channels

conv2d 6 5 padding=2 ! tanh ! averagepool 2
  ! conv2d 16 5 ! tanh ! averagepool 2
  ! flatten ! dense 120 ! tanh ! dense 84 ! tanh ! dense $classes
