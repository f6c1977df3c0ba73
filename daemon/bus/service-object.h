/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The object /org/badged/Badged1 with the interface org.badged.Badged1: what PAM asks for. */
#pragma once

#include "bus/login-object.h"

/* Puts the object on the bus of objects, for as long as the bus lives. Borrows objects. */
int service_object_export(struct login_objects *objects);
