/*
 * Tells CPython's tracemalloc of blocks, at the least cost of a call: no tuple, no parser of
 * arguments. While `on` is 0 it is called and does nothing, which is what is subtracted.
 */
#include <Python.h>

static int on;

static PyObject *set_on(PyObject *self, PyObject *value) {
    on = PyObject_IsTrue(value);
    Py_RETURN_NONE;
}

static PyObject *track(PyObject *self, PyObject *const *args, Py_ssize_t count) {
    unsigned int domain = (unsigned int)PyLong_AsUnsignedLong(args[0]);
    uintptr_t address = (uintptr_t)PyLong_AsUnsignedLongLong(args[1]);
    size_t size = PyLong_AsSize_t(args[2]);
    if (on) PyTraceMalloc_Track(domain, address, size);
    Py_RETURN_NONE;
}

static PyObject *untrack(PyObject *self, PyObject *const *args, Py_ssize_t count) {
    unsigned int domain = (unsigned int)PyLong_AsUnsignedLong(args[0]);
    uintptr_t address = (uintptr_t)PyLong_AsUnsignedLongLong(args[1]);
    if (on) PyTraceMalloc_Untrack(domain, address);
    Py_RETURN_NONE;
}

static PyMethodDef methods[] = {
    {"set_on", set_on, METH_O, NULL},
    {"track", (PyCFunction)(void (*)(void))track, METH_FASTCALL, NULL},
    {"untrack", (PyCFunction)(void (*)(void))untrack, METH_FASTCALL, NULL},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "events", NULL, -1, methods};

PyMODINIT_FUNC PyInit_events(void) { return PyModule_Create(&module); }
