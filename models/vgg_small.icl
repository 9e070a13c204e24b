# Pairs of convolutions at 28, 14 and one at 7 pixels, after Simonyan and Zisserman 2014 (VGG), with batch
# normalisation: slower than cnn.icl and better.
# 129,322 trained weights at 10 classes.
var size = 28
var channels = 1
input $size $size $channels
def unit(f) = conv2d $f 3 padding=same bias=no ! batchnorm momentum=0.97 ! relu

2*unit 32 ! maxpool 2 ! 2*unit 64 ! maxpool 2 ! unit 96 ! maxpool 2
  ! flatten ! dropout 0.3 ! dense $classes
