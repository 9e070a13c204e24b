# The first network to try on small pictures: three convolutions of twice the filters at half the
# size each, after Simonyan and Zisserman 2014 (VGG), with the batch normalisation of Ioffe and
# Szegedy 2015, which lets it learn in a few epochs. fashion-mnist.bin is this network.
# 104,426 trained weights at 10 classes.
var size = 28
var channels = 1
input $size $size $channels
def block(f) = conv2d $f 3 padding=same bias=no ! batchnorm momentum=0.97 ! relu ! maxpool 2

block 32 ! block 64 ! block 128 ! flatten ! dropout 0.15 ! dense $classes
