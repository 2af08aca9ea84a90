"""What the product costs: the operations people wait for, measured over HTTP beside the limits of the machine."""
