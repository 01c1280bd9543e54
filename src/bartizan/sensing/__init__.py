"""Sensing: one module a sensor kind; the tracker's likelihood and the simulator's draw
come from the same lines.

In: rows of `types.Sensors`, places in a sensor's own axes.  Out: probabilities of
detection, clutter densities, and (`draw`) simulated scans.
Does not: import sim, hold truth, or keep state.

The eight columns of `Sensors.pd`, by SensorKind.  In every kind column 0 selects the
model: 0 flat (Pd = column 1 wherever the sensor looks, the other columns unused), 1 by
physics; column 1 is the flat Pd, or by physics the ceiling of Pd (blockage, blind
phases); column 7 is the signature of the nominal target, the one that the tracker expects.

  RADAR             2 SNR at 1 km on 0 dBsm [dB], free space   3 probability of false alarm
                    4 environment loss [dB]                    5 radial speed at which the
                    Doppler filter halves the power [m/s], 0: none
                    6 antenna's height over the ground [m]     7 mean cross-section [dBsm]
  CAMERA            2 angle of a pixel [rad]                   3 pixels on target for 50 %
                    4 visibility [m]                           5 contrast of the thing close by
                    6 contrast for 50 %                        7 visible extent [m]
  ACOUSTIC          2 noise level [dB]                         3 absorption [dB/km]
                    4 level over noise for 50 % [dB]           5 spread of levels, 1 sigma [dB]
                    6 array gain [dB]                          7 level at 1 m [dB]
  DIRECTION_FINDER, ADSB, REMOTE_ID
                    2 link margin at 1 km [dB]                 3 path-loss exponent (2: free)
                    4 shadowing, 1 sigma [dB]                  5 transmissions in one look
                    6 antenna's height over the ground [m]     7 probability that the nominal
                    target emits (direction finder) or is equipped (cooperative)

Flat and cooperative or direction finder: the tracker takes column 1 as it stands; the
simulator lets only those be seen that emit or are equipped.
"""

from bartizan.sensing.cooperative import identity_key
from bartizan.sensing.draw import Dice, Signatures, draw
from bartizan.sensing.look import clutter_density, detection_range_m, look_probability

__all__ = [
    "Dice",
    "Signatures",
    "clutter_density",
    "detection_range_m",
    "draw",
    "identity_key",
    "look_probability",
]
