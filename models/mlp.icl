# Two hidden layers on the bare pixels, with the dropout of Srivastava et al. 2014: the least that
# learns, and what a convolution has to beat.
# 235,146 trained weights at 10 classes.
var size = 28
var channels = 1
input $size $size $channels

flatten
  ! dense 256 ! relu ! dropout 0.2
  ! dense 128 ! relu ! dropout 0.2
  ! dense $classes
