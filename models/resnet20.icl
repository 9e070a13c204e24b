# ResNet-20 for small pictures, He et al. 2015, "Deep residual learning for image recognition",
# section 4.2: three stages of three blocks of 16, 32 and 64 filters. Shortcuts between stages are
# 1x1 projections (the paper's option B), where the paper's own small networks pad with zeros
# (option A).
# 272,186 trained weights at 10 classes.
var size = 28
var channels = 1
input $size $size $channels
def unit(f, k, s=1) = conv2d $f $k stride=$s padding=($k/2) bias=no ! batchnorm
def basic(f) = add( unit $f 3   ! relu ! unit $f 3 | ) ! relu
def down(f)  = add( unit $f 3 2 ! relu ! unit $f 3 | unit $f 1 2 ) ! relu

unit 16 3 ! relu
  ! 3*basic 16
  ! down 32 ! 2*basic 32
  ! down 64 ! 2*basic 64
  ! globalpool ! dense $classes
